"""The network as it was at one moment of a run: the time machine's way back."""

from torch import nn

from core.data.dataset import Dataset
from core.errors import LabError
from core.nets.network import network
from core.runs.run import Run
from core.runs.snapshots import Moment


def network_at(run: Run, moment: Moment, data: Dataset) -> nn.Module:
    """The run's network with the weights of that snapshot, ready to answer."""
    if run.config.kind == "gan":
        raise LabError(f"Run {run.id} trains a generator, which gives no answers; open it on the Latent page.")
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    # a backbone's own weights are about to be replaced: do not fetch them
    config = run.config.replace(net=run.config.net.replace(" pretrained", ""))
    net = network(config, data.shape, len(data.classes))
    try:
        net.load_state_dict(load_file(moment.path))
    except (OSError, SafetensorError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise LabError(f"The snapshot of run {run.id} at step {moment.step} cannot be read ({said}).") from None
    except RuntimeError:  # the weights are whole, but of another shape
        size = "x".join(map(str, data.shape))
        raise LabError(
            f"Run {run.id} does not fit {config.dataset} as it is now, with {len(data.classes)} classes of {size} "
            "pictures: the dataset has changed since the run was trained."
        ) from None
    net.eval()
    return net
