"""The network as it was at one moment of a run: the time machine's way back."""

from torch import nn

from core.data.dataset import Dataset
from core.errors import LabError
from core.nets.network import network
from core.runs.run import Run
from core.runs.snapshots import Moment


def network_at(run: Run, moment: Moment, data: Dataset) -> nn.Module:
    """The run's network with the weights of that snapshot, ready to answer."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    # a backbone's own weights are about to be replaced: do not fetch them
    config = run.config.replace(net=run.config.net.replace(" pretrained", ""))
    net = network(config, data.shape, len(data.classes))
    try:
        net.load_state_dict(load_file(moment.path))
    except (OSError, SafetensorError, RuntimeError) as error:
        said = str(error).splitlines()[0]
        raise LabError(f"The snapshot of run {run.id} at step {moment.step} cannot be read ({said}).") from None
    net.eval()
    return net
