"""Long work, a slice at a time: on worker processes of this machine, or on a cluster; fair between visitors.

`job` is what is asked for, `turns` whose turn it is, `engines` where slices are worked on, `dispatcher` brings them
together.
"""

from ui.jobs.dispatcher import TRIES, Full, Jobs
from ui.jobs.engines import of_this_server
from ui.jobs.job import Job, Next
from ui.jobs.turns import Place

__all__ = ["JOBS", "TRIES", "Full", "Job", "Jobs", "Next", "Place"]

JOBS = Jobs(*of_this_server())
