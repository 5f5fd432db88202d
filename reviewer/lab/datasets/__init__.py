"""Training data out of what became of findings: rows for fine-tuning, their split, figures and
checks."""

from reviewer.lab.datasets.rows import Form, Made, Row, make
from reviewer.lab.datasets.split import parse_split, split
from reviewer.lab.datasets.stats import count_exactly, estimate, figures
from reviewer.lab.datasets.validate import Problem, read_rows, validate

__all__ = [
    "Form",
    "Made",
    "Problem",
    "Row",
    "count_exactly",
    "estimate",
    "figures",
    "make",
    "parse_split",
    "read_rows",
    "split",
    "validate",
]
