"""A generator by class: what a class says, and what the free numbers say."""

import torch

from core.nets.gan import pair


def test_a_class_begins_weaker_than_the_free_numbers():
    """Begun as strong, the class alone decides: one picture for each, whatever the numbers are."""
    generator = pair("gan-small", (1, 32, 32), classes=10).generator
    z = torch.randn(12, generator.latent, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        made = generator(z.repeat_interleave(10, 0), torch.arange(10).repeat(12)).view(12, 10, -1)
    by_numbers, by_class = made.std(0).mean(), made.std(1).mean()
    assert by_numbers > 1.6 * by_class > 0
