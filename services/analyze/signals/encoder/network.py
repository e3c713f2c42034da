"""The encoder as a network: the layers of the base, and for each type a look at the words that speak of it."""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from services.analyze.signals.encoder.base import Base
from services.analyze.signals.encoder.pieces import PAD

POSITIONS = 256
PARTS = 3
_DROPOUT = 0.1
_FAR = -1e4


class Layer(nn.Module):
    """One layer of BERT (Devlin et al. 2019), normalised after each half."""

    def __init__(self, base: Base, number: int) -> None:
        super().__init__()
        width, inner = base.width, base.inner
        self.heads = base.heads
        self.asks = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.first_norm = nn.LayerNorm(width, base.epsilon)
        self.widen = nn.Linear(width, inner)
        self.narrow = nn.Linear(inner, width)
        self.second_norm = nn.LayerNorm(width, base.epsilon)
        self.drop = nn.Dropout(_DROPOUT)
        self._fill(base, f"l{number}")

    def _fill(self, base: Base, at: str) -> None:
        width, inner = base.width, base.inner
        set_weights(self.asks.weight, *(base.tensor(f"{at}.{x}.w", width, width) for x in "qkv"))
        set_weights(self.asks.bias, *(base.tensor(f"{at}.{x}.b", width) for x in "qkv"))
        for module, name, shape in (
            (self.out, "ao", (width, width)),
            (self.widen, "fi", (inner, width)),
            (self.narrow, "fo", (width, inner)),
            (self.first_norm, "aln", (width,)),
            (self.second_norm, "oln", (width,)),
        ):
            set_weights(module.weight, base.tensor(f"{at}.{name}.w", *shape))
            set_weights(module.bias, base.tensor(f"{at}.{name}.b", shape[0]))

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """(batch, pieces, width) to the same; `mask` (batch, 1, 1, pieces) is true where there is a piece."""
        batch, pieces, width = x.shape
        queries, keys, values = (
            part.reshape(batch, pieces, self.heads, -1).transpose(1, 2) for part in self.asks(x).chunk(3, -1)
        )
        likeness = queries @ keys.transpose(2, 3) / math.sqrt(width // self.heads)
        if mask is not None:
            likeness = likeness.masked_fill(~mask, _FAR)
        seen = (likeness.softmax(-1) @ values).transpose(1, 2).reshape(batch, pieces, width)
        x = self.first_norm(x + self.drop(self.out(seen)))
        return self.second_norm(x + self.drop(self.narrow(F.gelu(self.widen(x)))))


class Network(nn.Module):
    """Log odds of the types (T), of the types as actual (T), of statuses by type (T, S) and of coded events (H)."""

    def __init__(self, base: Base, kept: Sequence[int], types: int, statuses: int, events: int) -> None:
        super().__init__()
        width = base.width
        self.word = nn.Embedding(len(kept), width)
        set_weights(self.word.weight, base.tensor("emb.word", -1, width)[list(kept)])
        self.place = nn.Parameter(torch.tensor(base.tensor("emb.pos", -1, width)[:POSITIONS].copy()))
        self.part = nn.Parameter(torch.tensor(base.tensor("emb.type", -1, width)[:1].repeat(PARTS, axis=0)))
        self.norm = nn.LayerNorm(width, base.epsilon)
        set_weights(self.norm.weight, base.tensor("emb.ln.w", width))
        set_weights(self.norm.bias, base.tensor("emb.ln.b", width))
        self.drop = nn.Dropout(_DROPOUT)
        self.layers = nn.ModuleList(Layer(base, number) for number in range(base.layers))
        self.look = nn.Linear(width, types)
        self.there = nn.Parameter(torch.randn(types, width) * 0.02)
        self.live = nn.Parameter(torch.randn(types, width) * 0.02)
        self.status = nn.Parameter(torch.randn(types, statuses, width) * 0.02)
        self.there_bias = nn.Parameter(torch.full((types,), -2.0))
        self.live_bias = nn.Parameter(torch.full((types,), -2.5))
        self.status_bias = nn.Parameter(torch.zeros(types, statuses))
        self.event = nn.Linear(width, events)

    def forward(self, rows: Tensor, parts: Tensor, padded: bool = True) -> tuple[Tensor, ...]:
        """`rows` and `parts` are (batch, pieces); unpadded input needs no mask."""
        is_piece = rows != PAD
        x = self.drop(self.norm(self.word(rows) + self.place[: rows.shape[1]] + self.part[parts]))
        for layer in self.layers:
            x = layer(x, is_piece[:, None, None, :] if padded else None)
        own = ((parts == 0) & is_piece).to(x.dtype)
        mean = (own[:, None] @ x)[:, 0] / own.sum(1, keepdim=True)
        where = self.look(x)
        if padded:
            where = where.masked_fill(~is_piece[..., None], _FAR)
        found = self.drop(where.softmax(1).transpose(1, 2) @ x + mean[:, None])
        return (
            (found * self.there).sum(-1) + self.there_bias,
            (found * self.live).sum(-1) + self.live_bias,
            (found[:, :, None] * self.status).sum(-1) + self.status_bias,
            self.event(self.drop(mean)),
        )


def set_weights(parameter: Tensor, *parts: object) -> None:
    """Of one parameter, from arrays laid one after the other."""
    with torch.no_grad():
        parameter.copy_(torch.cat([torch.tensor(part) for part in parts]))
