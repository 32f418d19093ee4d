"""Sets of pictures from files: Keras's layout is read whatever its dress, and what is no such set gets a sentence."""

import io
from hashlib import blake2b

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nn_core.archives import ArchiveError
from nn_core.config import Config
from nn_core.digits import DATA, Network, load_mnist
from nn_core.images import FASHION, mean_pictures, named, read_images
from nn_core.networks import network_file
from ui.session.images import shelf

RNG = np.random.default_rng(0)
X, X_TEST = RNG.integers(0, 256, (120, 28, 28), np.uint8), RNG.integers(0, 256, (20, 28, 28), np.uint8)
Y, Y_TEST = np.arange(120) % 10, np.arange(20) % 10
GOOD = {"x_train": X, "y_train": Y, "x_test": X_TEST, "y_test": Y_TEST}


def npz(**changes) -> bytes:
    """The good set with some arrays changed, or left out where they are None."""
    file = io.BytesIO()
    np.savez(file, **{name: array for name, array in {**GOOD, **changes}.items() if array is not None})
    return file.getvalue()


SAME = {
    "Keras's": npz(),
    "labels of bytes": npz(y_train=Y.astype(np.uint8), y_test=Y_TEST.astype(np.uint8)),
    "labels in a column": npz(y_train=Y[:, None], y_test=Y_TEST[:, None].astype(">i4")),
    "flat pictures": npz(x_train=X.reshape(-1, 784), x_test=X_TEST.reshape(-1, 784)),
    "pictures with a channel": npz(x_train=X[..., None], x_test=X_TEST[..., None]),
    "Fortran's order": npz(x_train=np.asfortranarray(X)),
}


@pytest.mark.parametrize("raw", SAME.values(), ids=SAME)
def test_the_same_set_in_other_clothes(raw):
    images = read_images(raw, name="my set")
    for array, expected in zip(images[:4], (X, Y, X_TEST, Y_TEST), strict=True):
        np.testing.assert_array_equal(array, expected)
        assert array.dtype == np.uint8
        assert not array.flags.writeable
    assert (images.classes, images.name) == (tuple("0123456789"), "my set")


def test_the_id_stands_for_the_pictures_and_labels():
    digest = blake2b(digest_size=6)
    for array in (X, Y.astype(np.uint8), X_TEST, Y_TEST.astype(np.uint8)):
        digest.update(str(array.shape).encode() + array.tobytes())
    assert {read_images(raw).id for raw in SAME.values()} == {digest.hexdigest()}
    assert read_images(npz(), classes=FASHION, name="other").id == digest.hexdigest()
    assert read_images(npz(x_train=X ^ np.eye(28, dtype=np.uint8))).id != digest.hexdigest()
    assert read_images(npz(y_test=Y_TEST[::-1])).id != digest.hexdigest()


def test_mnist_itself_is_such_a_set():
    images = read_images((DATA / "mnist.npz").read_bytes())
    (x, y), (x_test, y_test) = load_mnist()
    for array, expected in zip(images[:4], (x, y, x_test, y_test), strict=True):
        np.testing.assert_array_equal(array, expected)


def test_classes_are_named_by_the_caller_or_the_file_or_their_numbers():
    letters = np.array(list("abcdefghijkl"))
    assert read_images(npz()).classes == tuple("0123456789")
    assert read_images(npz(classes=letters)).classes == tuple("abcdefghijkl")
    assert read_images(npz(classes=letters), classes=FASHION).classes == FASHION
    assert read_images(npz(y_train=Y % 3, y_test=Y_TEST % 3)).classes == ("0", "1", "2")


def test_names_may_be_typed():
    assert named("T-shirt,  Trouser;\nAnkle *boot* ", 3) == ("T-shirt", "Trouser", "Ankle boot")
    assert named(", ".join(FASHION), 10) == FASHION


@pytest.mark.parametrize(
    ("names", "count", "words"),
    [
        ("a, b", 3, "3 classes and 2 names"),
        ("a, b, a", 3, "same name"),
        ("a, , c", 3, "has none"),
        ("*, b", 2, "has none"),
        (",".join(map(str, range(10_000))), 10, "10 classes and 65 names"),
    ],
)
def test_names_that_do_not_fit_get_a_sentence(names, count, words):
    with pytest.raises(ArchiveError, match=words):
        named(names, count)


REFUSED = {
    "no test pictures": (npz(x_test=None), "no “x_test”"),
    "no labels": (npz(y_train=None), "no “y_train”"),
    "something more": (npz(extra=X), "“extra.npy” is no part of a set of pictures"),
    "pictures of floats": (npz(x_train=X / 255), "“x_train” is not of the type uint8"),
    "signed pictures": (npz(x_test=X_TEST.astype(np.int8)), "“x_test” is not of the type uint8"),
    "coloured pictures": (npz(x_train=np.zeros((120, 32, 32, 3), np.uint8)), "the shape 120 x 32 x 32 x 3"),
    "pictures without number": (npz(x_train=X[0]), "the shape 28 x 28: bring grey"),
    "a single number": (npz(x_train=np.uint8(3)), "the shape a single value: bring grey"),
    "too few": (npz(x_train=X[:99], y_train=Y[:99]), "“x_train” has 99 pictures: bring 100 to 70,000"),
    "none": (npz(x_test=X[:0], y_test=Y[:0]), "“x_test” has 0 pictures: bring 10 to 20,000"),
    "too many": (npz(x_test=np.zeros((20_001, 784), np.uint8)), "20,001 pictures: bring 10 to 20,000"),
    "labels of floats": (npz(y_train=Y / 1), "“y_train” does not hold whole numbers"),
    "labels of text": (npz(y_train=Y.astype(str)), "“y_train” does not hold whole numbers"),
    "labels one-hot": (npz(y_train=np.eye(10, dtype=int)[Y]), "the shape 120 x 10, and “x_train” 120 pictures"),
    "a label short": (npz(y_test=Y_TEST[1:]), "the shape 19, and “x_test” 20 pictures"),
    "negative labels": (npz(y_train=Y - 1), "“y_train” has labels from -1 to 8"),
    "65 classes": (npz(y_train=np.arange(120) % 65), "“y_train” has labels from 0 to 64"),
    "huge labels": (npz(y_test=Y_TEST + 2**60), "“y_test” has labels from 1152921504606846976"),
    "one class": (npz(y_train=0 * Y, y_test=0 * Y_TEST), "All labels of this file are 0"),
    "too few names": (npz(classes=np.array(["a", "b"])), "10 classes and 2 names"),
    "too many names": (npz(classes=np.arange(70).astype(str)), "There are 70 classes and 65 names"),
    "names of numbers": (npz(classes=np.arange(10)), "“classes” is not a short list of names"),
    "long names": (npz(classes=np.array(["a" * 5000] * 10)), "“classes” is not a short list of names"),
    "a table of names": (npz(classes=np.array([["a", "b"]])), "“classes” is not a short list of names"),
    "pictures from 0 to 1": (npz(x_train=X // 128), "“x_train” has no number above 1"),
}


@pytest.mark.parametrize(("raw", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_set_of_pictures_gets_a_sentence(raw, words):
    with pytest.raises(ArchiveError) as refusal:
        read_images(raw)
    assert words in str(refusal.value)
    assert str(refusal.value).endswith(".")


# --- the choice, as pages show it -------------------------------------------------------------------------------------


def choosing() -> None:
    """A page with a choice of pictures, and of the set that the chosen network was trained on."""
    import streamlit as st

    from ui.digits import image_sets, networks

    images = image_sets.pick()
    st.text(f"{images.name}: {', '.join(images.classes)}")
    of_the_network = image_sets.pick(networks.pick())
    st.text(f"its set: {of_the_network.name}: {', '.join(of_the_network.classes)}")


@pytest.fixture
def page():
    shelf().clear()
    yield AppTest.from_function(choosing, default_timeout=60).run()
    shelf().clear()


def bring(page: AppTest, raw: bytes, number=0) -> AppTest:
    page.file_uploader(key=f"upload_set_{number}").set_value([("my_set.npz", raw, "application/zip")]).run()
    assert not page.exception
    return page


def of_the_set(images) -> bytes:
    config = Config(
        dataset="images", data_id=images.id, classes=10, hidden_sizes=(3,), precision="float32", activation="relu"
    )
    return network_file(
        Network(np.zeros(config.n_parameters, np.float32), config, {"name": "of my set", "classes": FASHION})
    )


def test_a_set_that_was_brought_is_chosen_and_can_be_named(page):
    assert page.text[0].value.startswith("MNIST: 0, 1")
    bring(page, npz())
    assert page.text[0].value == "my set: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    key = read_images(npz()).id
    assert page.radio(key="choose_set").value == key
    page.text_area(key=f"classes_{key}").set_value("a, b").run()
    assert "There are 10 classes and 2 names" in page.error[0].value
    assert page.text[0].value == "my set: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    page.button(key="do_name_classes").click().run()
    assert page.text[0].value == f"my set: {', '.join(FASHION)}"
    assert not page.error
    assert page.text_area(key=f"classes_{key}").value == ", ".join(FASHION)
    page.button(key="do_remove_images").click().run()
    assert page.radio(key="choose_set").options == ["MNIST"]


def test_a_file_that_is_no_set_gets_a_sentence_and_changes_nothing(page):
    bring(page, npz(x_test=None))
    assert "“my set.npz” was not read. This file has no “x_test”" in page.error[0].value
    assert page.text[0].value.startswith("MNIST")


def test_a_network_asks_for_the_pictures_it_learnt(page):
    page.file_uploader(key="upload_network_0").set_value([("n.npz", of_the_set(read_images(npz())), "")]).run()
    assert "learnt from are not on this server: bring their file again" in page.warning[0].value
    assert len(page.text) == 1, "the page ends where the pictures are missing"
    bring(page, npz())
    assert page.text[1].value == f"its set: my set: {', '.join(FASHION)}", "by the names that the network learnt"


def test_a_link_to_a_set_that_is_gone_says_so(page):
    page.query_params["set"] = "0123456789ab"
    page.run()
    assert "not on this server any more" in page.warning[0].value
    assert page.text[0].value.startswith("MNIST")


def test_mean_pictures_pixel_by_pixel():
    labels = (Y % 9).astype(np.uint8)  # none is of class 9
    means, counts = mean_pictures(X, labels, 10)
    for label in range(9):
        of_class = [picture for picture, its in zip(X, labels, strict=True) if its == label]
        assert counts[label] == len(of_class)
        for row, column in ((0, 0), (13, 20), (27, 27)):
            mean = sum(int(picture[row, column]) for picture in of_class) / len(of_class)
            assert means[label, row, column] == round(mean)
    assert counts[9] == 0
    assert not means[9].any()
