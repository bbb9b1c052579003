"""The one blueprint of form pages, registered for the default language and for the others."""

from flask import Blueprint

blueprint = Blueprint("forms", __name__)
