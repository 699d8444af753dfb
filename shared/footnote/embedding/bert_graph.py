"""Writes a BERT encoder as an ONNX graph with int8 weights, pooling and L2 norm inside.

Activations are quantised per token and not per batch, so a text's vector does not depend on the
texts beside it. Imported by the build step alone, since it needs `onnx`.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from footnote.embedding.bert_shape import BertShape, Pooling

type Weights = Mapping[str, NDArray[np.float32]]

_ORT = "com.microsoft"
# x86 without VNNI adds two products of u8 and s8 in 16 bits: 2 * 255 * 63 still fits, 127 not.
_WEIGHT_STEPS = 63
_ACTIVATION_STEPS = 127
_ACTIVATION_ZERO = 128


class _Graph:
    """Collects nodes and constants; every operation returns the name of its result."""

    def __init__(self, weights: Weights, shape: BertShape) -> None:
        self._weights = weights
        self.shape = shape
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self.zero_point = self.constant("zero point", np.uint8(_ACTIVATION_ZERO))
        self.zero_points = ""  # one per token, the same for every layer

    def weight(self, name: str) -> NDArray[np.float32]:
        return self._weights[name]

    def constant(self, name: str, value: Any) -> str:
        if name not in self.constants:
            array = np.ascontiguousarray(value)
            self.constants[name] = numpy_helper.from_array(array.reshape(np.shape(value)), name)
        return name

    def parameter(self, name: str) -> str:
        return self.constant(name, self._weights[name])

    def ints(self, *values: int) -> str:
        return self.constant(f"ints {values}", np.array(values, dtype=np.int64))

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        return self.ops(kind, 1, *inputs, domain=domain, **attributes)[0]

    def ops(
        self, kind: str, results: int, *inputs: str, domain: str = "", **attributes: Any
    ) -> list[str]:
        name = f"{kind}_{len(self.nodes)}"
        names = [f"{name}:{index}" for index in range(results)]
        node = helper.make_node(kind, inputs, names, name=name, domain=domain, **attributes)
        self.nodes.append(node)
        return names


def build_graph(weights: Weights, shape: BertShape) -> onnx.ModelProto:
    """The model: int32 `input_ids` and `attention_mask` [batch, sequence] to unit vectors.

    Args:
        weights: the tensors of a `model.safetensors`, by their names there.
        shape: what they are the weights of.
    """
    graph, width = _Graph(weights, shape), shape.width
    hidden_shape = graph.op("Concat", graph.op("Shape", "input_ids"), graph.ints(width), axis=0)
    tokens = graph.op("Reshape", _embed_tokens(graph), graph.ints(-1, width))
    count = graph.op("Shape", tokens, start=0, end=1)
    graph.zero_points = graph.op("Expand", graph.zero_point, count)
    for layer in range(shape.layers):
        tokens = _layer(graph, f"encoder.layer.{layer}.", tokens, hidden_shape)
    _pool(graph, graph.op("Reshape", tokens, hidden_shape))
    return _finished(graph)


def _embed_tokens(graph: _Graph) -> str:
    table = graph.weight("embeddings.word_embeddings.weight")
    quantised, scale = _quantised_rows(table, 127)
    rows = graph.op("Gather", graph.constant("words", quantised), "input_ids")
    scales = graph.op("Gather", graph.constant("words.scale", scale), "input_ids")
    words = graph.op("Mul", graph.op("Cast", rows, to=TensorProto.FLOAT), scales)
    positions = graph.weight("embeddings.position_embeddings.weight")[: graph.shape.max_tokens]
    first_segment = graph.weight("embeddings.token_type_embeddings.weight")[0]
    table_name = graph.constant("positions", positions + first_segment)
    length = graph.op("Shape", "input_ids", start=1, end=2)
    here = graph.op("Slice", table_name, graph.ints(0), length, graph.ints(0))
    return _layer_norm(graph, "embeddings.LayerNorm", graph.op("Add", words, here))


def _layer(graph: _Graph, prefix: str, tokens: str, hidden_shape: str) -> str:
    attended = _attention(graph, prefix + "attention.", tokens, hidden_shape)
    attended = _dense(graph, (prefix + "attention.output.dense",), attended)
    tokens = graph.op("Add", attended, tokens)
    tokens = _layer_norm(graph, prefix + "attention.output.LayerNorm", tokens)
    inner = graph.op("Gelu", _dense(graph, (prefix + "intermediate.dense",), tokens))
    outer = graph.op("Add", _dense(graph, (prefix + "output.dense",), inner), tokens)
    return _layer_norm(graph, prefix + "output.LayerNorm", outer)


def _attention(graph: _Graph, prefix: str, tokens: str, hidden_shape: str) -> str:
    names = tuple(f"{prefix}self.{part}" for part in ("query", "key", "value"))
    joint = _dense(graph, names, tokens)
    width, heads = graph.shape.width, graph.shape.heads
    parts = graph.ops("Split", 3, joint, graph.ints(*[width] * 3), axis=-1)
    query, key, value = (graph.op("Reshape", part, hidden_shape) for part in parts)
    attended = graph.op(
        "MultiHeadAttention", query, key, value, "", "attention_mask", domain=_ORT, num_heads=heads
    )
    return graph.op("Reshape", attended, graph.ints(-1, width))


def _dense(graph: _Graph, names: tuple[str, ...], tokens: str) -> str:
    """`tokens @ weight.T + bias` in int8, for one layer or several side by side."""
    weight = np.concatenate([graph.weight(f"{name}.weight") for name in names])
    bias = np.concatenate([graph.weight(f"{name}.bias") for name in names])
    quantised, scale = _quantised_rows(weight, _WEIGHT_STEPS)
    activations, token_scale = _quantised_tokens(graph, tokens)
    product = graph.op(
        "MatMulIntegerToFloat",
        activations,
        graph.constant(f"{names[0]}.weight", quantised.T),
        graph.constant("one", np.float32(1)),
        graph.constant(f"{names[0]}.scale", scale.ravel()),
        graph.zero_point,
        domain=_ORT,
    )
    product = graph.op("Mul", product, token_scale)
    return graph.op("Add", product, graph.constant(f"{names[0]}.bias", bias))


def _quantised_tokens(graph: _Graph, tokens: str) -> tuple[str, str]:
    """Each token's floats as u8 around the zero point, and its scale as a column."""
    largest = graph.op("ReduceMax", graph.op("Abs", tokens), graph.ints(-1), keepdims=0)
    step = graph.constant("step", np.float32(1 / _ACTIVATION_STEPS))
    scale = graph.op("Mul", largest, step)
    quantised = graph.op("QuantizeLinear", tokens, scale, graph.zero_points, axis=0)
    return quantised, graph.op("Unsqueeze", scale, graph.ints(-1))


def _quantised_rows(
    rows: NDArray[np.float32], steps: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Each row as whole numbers in -steps..steps, and its scale as a column."""
    scale = (np.abs(rows).max(axis=1, keepdims=True) / steps).astype(np.float32)
    scale[scale == 0] = 1
    return np.rint(rows / scale).astype(np.int8), scale


def _layer_norm(graph: _Graph, name: str, tokens: str) -> str:
    gain, bias = graph.parameter(f"{name}.weight"), graph.parameter(f"{name}.bias")
    return graph.op("LayerNormalization", tokens, gain, bias, axis=-1, epsilon=graph.shape.epsilon)


def _pool(graph: _Graph, hidden: str) -> None:
    """One unit vector of each text; that makes the division of a mean needless."""
    if graph.shape.pooling is Pooling.CLS:
        total = graph.op("Gather", hidden, graph.constant("first", np.int64(0)), axis=1)
    else:
        mask = graph.op("Cast", "attention_mask", to=TensorProto.FLOAT)
        row = graph.op("Unsqueeze", mask, graph.ints(1))
        total = graph.op("Squeeze", graph.op("MatMul", row, hidden), graph.ints(1))
    graph.nodes.append(
        helper.make_node("LpNormalization", [total], ["embedding"], axis=-1, p=2, name="unit")
    )


def _finished(graph: _Graph) -> onnx.ModelProto:
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "sequence"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info(
        "embedding", TensorProto.FLOAT, ["batch", graph.shape.width]
    )
    return helper.make_model(
        helper.make_graph(graph.nodes, "minilm", inputs, [output], [*graph.constants.values()]),
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(_ORT, 1)],
        ir_version=10,
    )
