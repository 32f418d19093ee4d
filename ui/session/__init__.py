"""A visitor's settings and runs. The only place that touches st.session_state and st.query_params.

There is one truth, the Config. Widgets show it (`bound`), report changes to it through one gate (`change`), and the
address bar is written from it (`write_link`). The address bar is read when a visitor arrives or goes back.
"""

from ui.session.images import (
    image_sets,
    images_gone,
    images_of,
    images_problem,
    images_removal,
    images_upload,
    keep_images,
    naming,
    naming_button,
)
from ui.session.link import open_config, turn_to, write_link
from ui.session.looked import look_at, looked_at, looked_number, looked_part
from ui.session.networks import (
    keep_network,
    network_gone,
    network_problem,
    network_removal,
    network_upload,
    networks,
)
from ui.session.picture import follow, wished
from ui.session.pins import pins_wished, trained_pins
from ui.session.runs import (
    LONGEST,
    Run,
    advance,
    answered,
    asked,
    current_run,
    go_on,
    own_points,
    permit,
    permitted,
)
from ui.session.settings import change, config, in_force, notices, redo, redoable, since, table, undo, undoable
from ui.session.tables import brought, column, kind, paste, upload
from ui.session.widgets import action, answer_number, bound, bound_live, choice, new_seed, pad_value

__all__ = [
    "LONGEST",
    "Run",
    "action",
    "advance",
    "answer_number",
    "answered",
    "asked",
    "bound",
    "bound_live",
    "brought",
    "change",
    "choice",
    "column",
    "config",
    "current_run",
    "follow",
    "go_on",
    "image_sets",
    "images_gone",
    "images_of",
    "images_problem",
    "images_removal",
    "images_upload",
    "in_force",
    "keep_images",
    "keep_network",
    "kind",
    "look_at",
    "looked_at",
    "looked_number",
    "looked_part",
    "naming",
    "naming_button",
    "network_gone",
    "network_problem",
    "network_removal",
    "network_upload",
    "networks",
    "new_seed",
    "notices",
    "open_config",
    "own_points",
    "pad_value",
    "paste",
    "permit",
    "permitted",
    "pins_wished",
    "redo",
    "redoable",
    "since",
    "table",
    "trained_pins",
    "turn_to",
    "undo",
    "undoable",
    "upload",
    "wished",
    "write_link",
]
