"""Many networks trained in lockstep: the engine's mathematics with one more axis, the members.

On networks as small as those of the plane a call of NumPy costs more than its arithmetic. Here one call serves all
members. All parameters of all members are one flat array, so the optimizers are those of one network: what differs from
member to member, its rate, its penalties, has a number for each parameter. A `Layout` says whose each of them is.

There are two ways to arrange the products. `Shallow` is for one hidden layer, one output, and one batch for all: the
units of all members, of whatever width, stand below each other, so that nearly everything is one long row of numbers.
`Deep` is for all else: networks of one shape, a product for each of them, as matmul does it.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.batches import GATHERED, Batch, FullBatch
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.engine import Rows, means, output_error, room, summed, wanted_form, weight_form, with_ones
from nn_core.history import Curves
from nn_core.in_place import in_place
from nn_core.mlp import initial_parameters, inputs, targets, weight_mask
from nn_core.randomness import streams

# What members have in common: what is computed, and their data. All else may differ.
WORK = attrgetter("activations", "features", "loss", "optimizer", "schedule", "batch_size", "epochs", "changes")
DATA = attrgetter("dataset", "samples", "noise", "test_share", "points", "classes", "data_id", "data_seed", "precision")
START = attrgetter("layer_sizes", "seed", "initializer", "initial_scale")

Members = Sequence[Config]


def shallow(config: Config) -> bool:
    """Whether networks like this one go together whatever their width."""
    return len(config.hidden_sizes) == 1 and config.layer_sizes[-1] == 1 and not config.ever("batch_size")


def alike(config: Config) -> tuple:
    """Configs for which this is the same can be trained in lockstep."""
    shape = 1 if shallow(config) else config.hidden_sizes
    return shape, *WORK(config), *DATA(config), config.clip > 0


class Layout(NamedTuple):
    """Whose each of the N parameters is. `owner` (N,) is a place among the members, `index` (N,) which of its own
    parameters; `take` (N,) is its place where the members' parameters follow each other, and `ends` (m,) says where
    each member's end there."""

    owner: Array
    index: Array
    take: Array
    ends: Array

    def flat(self, each: Iterable[Array]) -> Array:
        """Arrays (n_j,), one a member, as one array (N,)."""
        return np.concatenate(list(each))[self.take]

    def apart(self, flat: Array) -> list[Array]:
        """An array (..., N) as one (..., n_j) for each member."""
        whole = np.empty_like(flat)
        whole[..., self.take] = flat
        return np.split(whole, self.ends[:-1], axis=-1)


def layout(members: Members) -> Layout:
    """The order in which the passes want the parameters of these members, who are alike, widest first."""
    parts = _shallow_parts(members) if shallow(members[0]) else _deep_parts(members)
    owner, index = (np.concatenate([part.ravel() for part in each]) for each in zip(*parts, strict=True))
    ends = np.array(list(accumulate(each.n_parameters for each in members)))
    begins = ends - [each.n_parameters for each in members]
    return Layout(owner, index, begins[owner] + index, ends)


def _shallow_parts(members: Members) -> list[tuple[Array, Array]]:
    """Owner and index of: what flows into each hidden unit (U, d + 1); what flows out (U, 1); the biases (m, 1)."""
    widths = np.array([each.hidden_sizes[0] for each in members])
    inputs = members[0].layer_sizes[0] + 1
    unit, owner = _units(widths)
    into = unit[:, None] * inputs + np.arange(inputs)
    out, bias = widths[owner] * inputs + unit, widths * (inputs + 1)
    return [(np.broadcast_to(owner[:, None], into.shape), into), (owner, out), (np.arange(len(members)), bias)]


def _units(widths: Array) -> tuple[Array, Array]:
    """All hidden units in order, and their owners: the first units of all, then the second units of those that have
    one, and so on. With the widest members first each row of units belongs to the first so many of them."""
    rows = [np.arange((widths > k).sum()) for k in range(widths.max())]
    return np.repeat(np.arange(len(rows)), [len(row) for row in rows]), np.concatenate(rows)


def _deep_parts(members: Members) -> list[tuple[Array, Array]]:
    """Owner and index of each layer's weights and biases (m, units, inputs + 1)."""
    m = np.arange(len(members))[:, None]
    places = [np.arange(at.start, at.stop) for _, at in members[0].layer_places]
    return [(np.broadcast_to(m, (len(m), len(each))), np.broadcast_to(each, (len(m), len(each)))) for each in places]


def first_parameters(members: Members, layout: Layout) -> Array:
    """Where the members start (N,), each to the bit where it would start alone."""
    drawn = {START(each): each for each in members}  # those that differ in other things start alike
    known = {key: initial_parameters(each) for key, each in drawn.items()}
    return layout.flat(known[START(each)] for each in members)


def masks(members: Members, layout: Layout) -> Array:
    """1 for each weight, 0 for each bias (N,)."""
    kinds = {each.layer_sizes: each for each in members}
    known = {sizes: weight_mask(each) for sizes, each in kinds.items()}
    return layout.flat(known[each.layer_sizes] for each in members)


# --- one pass of training ---------------------------------------------------------------------------------------------


class Shallow:
    """`engine.Pass` for members with one hidden layer, U units in all, one output, and the same batch. Broadcasts and
    sums over samples are products with ones, which are quicker than those of NumPy's own."""

    def __init__(self, members: Members, parameters: Array, gradient: Array, width: int) -> None:
        config, dtype, m = members[0], parameters.dtype, len(members)
        d = config.layer_sizes[0] + 1
        rows = [sum(each.hidden_sizes[0] > k for each in members) for k in range(members[0].hidden_sizes[0])]
        u, ends = sum(rows), list(accumulate(rows))
        self.width = width
        self.once, self.sum = np.ones((1, width), dtype), np.ones((width, 1), dtype)
        self.a, self.slope, self.repeated, self.error, self.scratch = (room((u, width), dtype) for _ in range(5))
        self.output, self.delta = (room((1, m, width), dtype) for _ in range(2))
        self.batch = self.samples = np.empty(0)
        self.into, self.out, self.bias = (
            part.reshape(-1, columns).dot
            for part, columns in zip(np.split(parameters, [u * d, u * (d + 1)]), (d, 1, 1), strict=True)
        )
        self.into_gradient, self.out_gradient, self.bias_gradient = (
            part.reshape(-1, columns)
            for part, columns in zip(np.split(gradient, [u * d, u * (d + 1)]), (d, 1, 1), strict=True)
        )
        self.activate = in_place(config.activations[0], self.a.shape, dtype.name)
        self.output_error = output_error(config)
        places = [slice(end - row, end) for row, end in zip(rows, ends, strict=True)]
        self.shares = [(self.output[0, :row], self.scratch[at]) for row, at in zip(rows, places, strict=True)]
        self.copies = [(self.error[at], self.delta[0, :row]) for row, at in zip(rows, places, strict=True)]

    def forward(self, batch: Array) -> Array:
        """The last sums (1, m, width) on inputs (d + 1, width)."""
        self.into(batch, self.a)
        self.activate(self.a, self.slope)
        self.out(self.once, self.repeated)
        np.multiply(self.a, self.repeated, self.scratch)
        self.bias(self.once, self.output[0])
        for output, share in self.shares:
            np.add(output, share, output)
        return self.output

    def __call__(self, batch: Array, wanted: Array, weight: Array, masks: None = None) -> None:
        """Fill the gradient from inputs, targets `wanted` and sample weights (1, m, width), both in the engine's
        forms."""
        self.forward(batch)
        if self.batch is not batch:
            self.batch, self.samples = batch, np.ascontiguousarray(batch.T)  # a product with a transpose takes longer
        delta = self.output_error(self.output, wanted, weight, self.delta)
        delta[0].dot(self.sum, self.bias_gradient)
        for error, its_delta in self.copies:
            np.copyto(error, its_delta)
        np.multiply(self.a, self.error, self.scratch)
        self.scratch.dot(self.sum, self.out_gradient)
        np.multiply(self.repeated, self.error, self.error)
        np.multiply(self.error, self.slope, self.error)
        self.error.dot(self.samples, self.into_gradient)


class Deep:
    """`engine.Pass` for members of one shape: parameters of a layer (m, units, inputs + 1), sums and activations
    (units, m, width). A batch is (d + 1, width), the same for all, or (m, d + 1, width), each member's own."""

    def __init__(self, members: Members, parameters: Array, gradient: Array, width: int) -> None:
        config, dtype, m = members[0], parameters.dtype, len(members)
        self.width = width
        sizes = config.hidden_sizes
        self.output, self.delta = (room((config.layer_sizes[-1], m, width), dtype) for _ in range(2))
        a = [room((units + 1, m, width), dtype) for units in sizes]
        for each in a:
            each[-1] = 1
        slope, back = ([room((units, m, width), dtype) for units in sizes] for _ in range(2))
        net, into = _layers(parameters, members), _layers(gradient, members)
        self.forwards = [
            (net[i], by_member(a[i][:-1]), a[i][:-1], in_place(name, slope[i].shape, dtype.name), slope[i])
            for i, name in enumerate(config.activations)
        ]
        self.seen = [by_member(each) for each in a]
        self.last, self.first_into = net[-1], into[0]
        self.backwards = [
            (self.seen[i], into[i + 1], net[i + 1][..., :-1].swapaxes(1, 2), back[i], by_member(back[i]), slope[i])
            for i in reversed(range(len(a)))
        ]
        self.output_error = output_error(config)

    def forward(self, batch: Array) -> Array:
        """The last sums (k, m, width)."""
        before = batch
        for (rows, out, z, activate, slope), seen in zip(self.forwards, self.seen, strict=True):
            np.matmul(rows, before, out=out)
            activate(z, slope)
            before = seen
        np.matmul(self.last, before, out=by_member(self.output))
        return self.output

    def __call__(self, batch: Array, wanted: Array, weight: Array, masks: None = None) -> None:
        """Fill the gradient from inputs, targets `wanted` (k, m, width) and sample weights, both in the engine's
        forms."""
        self.forward(batch)
        delta = by_member(self.output_error(self.output, wanted, weight, self.delta))
        for seen, into, transposed, back, back_by_member, slope in self.backwards:
            np.matmul(delta, seen.swapaxes(1, 2), out=into)
            np.matmul(transposed, delta, out=back_by_member)
            np.multiply(back, slope, back)
            delta = back_by_member
        np.matmul(delta, batch.swapaxes(-1, -2), out=self.first_into)


def by_member(stacked: Array) -> Array:
    """(units, m, width) as (m, units, width)."""
    return stacked.swapaxes(0, 1)


def _layers(parameters: Array, members: Members) -> list[Array]:
    """Each layer's weights and biases (m, units, inputs + 1), as views into the flat array."""
    config, m = members[0], len(members)
    return [parameters[m * at.start : m * at.stop].reshape(m, units, -1) for units, at in config.layer_places]


def lockstep_pass(members: Members, parameters: Array, gradient: Array, width: int) -> Shallow | Deep:
    return (Shallow if shallow(members[0]) else Deep)(members, parameters, gradient, width)


# --- batches ----------------------------------------------------------------------------------------------------------


class Together:
    """The same batch, all samples, for all members."""

    def __init__(self, members: Members, rows: Rows, scale: Array) -> None:
        batch, wanted, weight = FullBatch(members[0], rows).batch
        shape = (len(wanted), len(members), wanted.shape[1])  # in full: quicker than to be spread at each update
        self.batch: Batch = (batch, room(shape, batch.dtype), room(shape, batch.dtype))
        for full, each in zip(self.batch[1:], (wanted[:, None], scale[:, None] * weight), strict=True):
            full[...] = each

    def ahead(self, update: int, most: int) -> Sequence[Batch]:
        return [self.batch] * most


class Apart:
    """Batches of a fresh shuffle each epoch for each member, those that it would have alone."""

    def __init__(self, members: Members, x: Array, y: Array, first_epoch: int, scale: Array) -> None:
        self.config, self.first_epoch, self.scale, self.epoch = members[0], first_epoch, scale[:, None], -1
        self.x, self.y = (np.ascontiguousarray(part.T) for part in (x, wanted_form(y, self.config)))
        self.seeds, self.which = np.unique([each.seed for each in members], return_inverse=True)
        self.size = self.config.batch_size
        self.per_epoch = -(-len(x) // self.size)
        self.batches_gathered = max(1, GATHERED // (self.size * len(self.x) * len(members)))

    def ahead(self, update: int, most: int) -> Sequence[Batch]:
        epoch, batch = divmod(update, self.per_epoch)
        if epoch != self.epoch:
            self._shuffle(epoch)
        until = min(self.per_epoch, batch + min(most, self.batches_gathered))
        chosen = self.order[:, batch * self.size : until * self.size]
        x, y = (np.take(part, chosen, axis=1, mode="clip") for part in (self.x, self.y))
        pieces = [slice(begin, begin + self.size) for begin in range(0, chosen.shape[1], self.size)]
        weights = [weight_form(self.scale / chosen[:1, at].size, self.config) for at in pieces]
        own = [np.ascontiguousarray(by_member(x[..., at])) for at in pieces]
        return [(seen, y[..., at], weight) for seen, at, weight in zip(own, pieces, weights, strict=True)]

    def _shuffle(self, epoch: int) -> None:
        n, at = self.x.shape[1], self.first_epoch + epoch
        orders = [rng.permutation(n) for rng in streams(self.seeds.tolist(), "shuffle", at)]
        self.order, self.epoch = np.stack(orders)[self.which], epoch


def batches(members: Members, data: Data, rows: Rows, first_epoch: int, scale: Array | None = None) -> Together | Apart:
    """Batches for a run in lockstep, or a stretch of it that begins after `first_epoch`; updates count from there. The
    weights of a batch's samples add up to 1, or to each member's `scale` (m,)."""
    config = members[0]
    scale = np.ones(len(members), config.precision) if scale is None else scale
    if not config.batch_size:
        return Together(members, rows, scale)
    x = with_ones(inputs(data.x_train, config)).astype(config.precision)
    return Apart(members, x, targets(data.y_train, config), first_epoch, scale)


# --- curves -----------------------------------------------------------------------------------------------------------


class Measure:
    """Loss and score of each member, on the training and the test data of `rows`; reads `parameters` (N,) at each
    call."""

    def __init__(self, members: Members, parameters: Array, rows: Rows) -> None:
        self.config, self.rows = members[0], rows
        self.batch = np.ascontiguousarray(rows.inputs.T, parameters.dtype)
        self.forward = lockstep_pass(members, parameters, np.empty_like(parameters), len(rows.inputs)).forward

    def __call__(self) -> Curves:
        """Each curve's value now (m,)."""
        z = self.forward(self.batch).transpose(1, 2, 0)  # (m, samples, k), as the losses want them
        return means(summed(z, self.rows, self.config), self.rows, self.config)
