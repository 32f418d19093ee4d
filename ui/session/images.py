"""The sets of pictures a visitor can choose from: MNIST, and those the visitor brought."""

from functools import partial
from typing import Any

import streamlit as st

from nn_core.archives import ArchiveError
from nn_core.digits import Network, class_names, mnist
from nn_core.images import Images, named, read_images
from ui.session import shelves
from ui.session.widgets import action, taken

MOST_BYTES = 300_000_000  # of all visitors' sets together


@st.cache_resource(show_spinner=False)
def shelf() -> dict[str, Images]:
    """The sets that visitors brought last, by id."""
    return {}


def image_sets() -> dict[str, Images]:
    """By id: MNIST, whose id is "", then the visitor's own."""
    return {"": mnist()} | {key: _as_named(images) for key, images in shelves.own("set", shelf()).items()}


def images_of(network: Network) -> Images | None:
    """The set that the network was trained on, its classes by the names that the network learnt; None if it is not
    here."""
    if network.config.dataset == "mnist":
        return mnist()
    images = shelf().get(network.config.data_id)
    return images and images._replace(classes=class_names(network))


def keep_images(images: Images) -> None:
    """Make a set one of the visitor's, and the choice from the next run on."""
    shelves.put(shelf(), images.id, images, lambda each: each.x_train.nbytes + each.x_test.nbytes, MOST_BYTES)
    shelves.choose("set", images.id)


def images_gone() -> bool:
    """Whether the link names a set that is not here any more."""
    return shelves.gone("set", image_sets())


def images_upload() -> dict[str, Any]:
    """Arguments for a file uploader whose file becomes a set of the visitor's."""
    return shelves.upload("set", lambda raw, name: keep_images(read_images(raw, name=name.removesuffix(".npz"))))


def images_problem() -> str:
    """What was wrong with the last file, or the last names of classes, or ""."""
    return shelves.problem("set")


def images_removal(key: str) -> dict[str, Any]:
    """Arguments for a button that takes one of the visitor's sets off the list."""
    return action("remove_images", partial(shelves.forget, "set", key))


# --- names of the classes: each visitor's own, whoever else brought the same pictures --------------------------------


def _as_named(images: Images) -> Images:
    return images._replace(classes=st.session_state.get("class_names", {}).get(images.id, images.classes))


def naming(images: Images) -> dict[str, Any]:
    """Arguments for a text that names the classes of a set, with commas between."""
    key = f"classes_{images.id}"
    st.session_state.setdefault(key, ", ".join(images.classes))
    return taken(key, partial(_name, images))


def naming_button(images: Images, names: tuple[str, ...]) -> dict[str, Any]:
    """Arguments for a button that gives a set these names."""

    def act() -> None:
        st.session_state[f"classes_{images.id}"] = ", ".join(names)
        _name(images, ", ".join(names))

    return action("name_classes", act)


def _name(images: Images, text: str) -> None:
    try:
        st.session_state.setdefault("class_names", {})[images.id] = named(text, len(images.classes))
        shelves.refuse("set", "")
    except ArchiveError as problem:
        shelves.refuse("set", str(problem))
