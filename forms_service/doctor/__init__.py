"""Finds what is not well in an instance: one small check for each common fault, with its cause and its mend."""

from forms_service.doctor.examination import QUICK, SLOW, examine
from forms_service.doctor.patient import Fault, Patient

__all__ = ["QUICK", "SLOW", "Fault", "Patient", "examine"]
