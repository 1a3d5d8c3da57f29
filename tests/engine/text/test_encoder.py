"""The encoder's own forward pass against `transformers`, and its int8 form against float32."""

import pytest
import torch

from engine.text.encoder import (
    TINY,
    Encoder,
    EncoderConfig,
    build_float,
    build_quantised,
    from_bert,
    quantise,
    widen,
)

SMALL = EncoderConfig(vocabulary=97, width=24, layers=3, heads=3, hidden=40, positions=32)


def random_encoder(config: EncoderConfig) -> Encoder:
    generator = torch.Generator().manual_seed(3)
    encoder = Encoder(config)
    with torch.no_grad():
        for name, value in encoder.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            value.copy_(1 + 0.1 * noise if "norm.weight" in name else 0.2 * noise)
    return encoder.eval()


@pytest.mark.slow
def test_it_computes_what_transformers_computes() -> None:
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=97,
        hidden_size=24,
        num_hidden_layers=3,
        num_attention_heads=3,
        intermediate_size=40,
        max_position_embeddings=32,
        layer_norm_eps=1e-12,
    )
    theirs = transformers.BertModel(config, add_pooling_layer=False).eval()
    ours = build_float(SMALL, from_bert(theirs.state_dict()))
    ids = torch.randint(0, 97, (4, 11))
    mask = torch.arange(11)[None] < torch.tensor([11, 7, 3, 1])[:, None]
    with torch.inference_mode():
        expected = theirs(ids, attention_mask=mask.long()).last_hidden_state
        assert torch.allclose(ours(ids, mask)[mask], expected[mask], atol=2e-5)


def test_int8_rows_stay_near_float() -> None:
    encoder = random_encoder(SMALL)
    packed = quantise(encoder.state_dict())
    ids = torch.randint(0, 97, (2, 9), generator=torch.Generator().manual_seed(4))
    with torch.inference_mode():
        exact, rough = encoder(ids, None), build_quantised(SMALL, packed)(ids, None)
        widened = build_float(SMALL, widen(packed))(ids, None)
    assert torch.nn.functional.cosine_similarity(exact, rough, dim=-1).min() > 0.99
    assert torch.nn.functional.cosine_similarity(exact, widened, dim=-1).min() > 0.99


def test_texts_end_to_end_read_as_padded_ones_do() -> None:
    encoder = random_encoder(TINY)
    ids = torch.randint(3, 500, (2, 11), generator=torch.Generator().manual_seed(5))
    mask = torch.arange(11)[None] < torch.tensor([11, 6])[:, None]
    with torch.inference_mode():
        padded = encoder(ids, mask)
        long, short = encoder.read([ids[0].tolist(), ids[1, :6].tolist()])
    assert torch.allclose(long, padded[0], atol=1e-4)
    assert torch.allclose(short, padded[1, :6], atol=1e-4)


def test_files_keep_matrices_in_one_byte() -> None:
    packed = quantise(random_encoder(SMALL).state_dict())
    assert packed["words.weight"].dtype is torch.int8
    assert packed["layers.0.qkv.weight"].dtype is torch.int8
    assert packed["layers.0.qkv.bias"].dtype is torch.float32
