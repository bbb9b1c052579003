"""From typed text to cells and values, or to errors that say what to do (no web, no database)."""

from forms_service.answers.check import check
from forms_service.answers.conditions import Conditions
from forms_service.answers.inputs import cell_of, input_names, inputs_of
from forms_service.answers.judge import Judge, Problem, Reading
from forms_service.answers.messages import hint_of, items_sentence, sentence
from forms_service.answers.ready import ReadyForm, prepare

__all__ = [
    "Conditions",
    "Judge",
    "Problem",
    "Reading",
    "ReadyForm",
    "cell_of",
    "check",
    "hint_of",
    "input_names",
    "inputs_of",
    "items_sentence",
    "prepare",
    "sentence",
]
