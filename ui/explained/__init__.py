"""What stands behind the words on the pages: for each subject its formulas, and the functions that compute them.

A test works out every formula beside the function: a new subject, or a formula more, needs a line there.
"""

from ui.explained.digits import SUBJECTS as OF_DIGITS
from ui.explained.networks import SUBJECTS as OF_NETWORKS
from ui.explained.subject import Subject

SUBJECTS: dict[str, Subject] = {**OF_NETWORKS, **OF_DIGITS}
