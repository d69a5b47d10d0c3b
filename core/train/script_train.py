"""A run as code: optimiser, learning rate, testing and the training loop. Long because each rule has its own text."""

import inspect

from core.config import RunConfig
from core.train.growth import STAIRS
from core.train.script_data import Source, used

MUON = '''
class Muon(torch.optim.Muon):
    """Muon (Jordan 2024) makes each step of a weight matrix orthogonal. torch's takes matrices only, so a kernel
    (filters, channels, height, width) is shown to it as (filters, rest)."""

    def __init__(self, kernels, **settings):
        self.kernels = kernels
        self.flat = [nn.Parameter(each.data.reshape(len(each), -1).clone()) for each in kernels]
        super().__init__(self.flat, adjust_lr_fn="match_rms_adamw", **settings)

    def step(self):
        for kernel, flat in zip(self.kernels, self.flat, strict=True):
            flat.grad = kernel.grad.reshape(len(kernel), -1).clone()
        super().step()
        for kernel, flat in zip(self.kernels, self.flat, strict=True):
            kernel.data.copy_(flat.data.reshape(kernel.shape))
'''
WHOLE = '''
class Muon(torch.optim.Optimizer):
    """Muon (Jordan 2024) makes each step of a weight matrix orthogonal; a kernel (filters, channels, height, width)
    is one of (filters, rest). torch has it, too, but rounds to bf16, which this processor only imitates, slowly."""

    def __init__(self, kernels, **settings):
        super().__init__(kernels, settings)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for kernel in group["params"]:
                grad, weight = (each.reshape(len(kernel), -1).clone() for each in (kernel.grad, kernel.data))
                mean = self.state[kernel].setdefault("mean", torch.zeros_like(grad))
                mean.lerp_(grad, 1 - group["momentum"])
                step = grad.lerp(mean, group["momentum"]) if group["nesterov"] else mean
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(orthogonal(step), alpha=-group["lr"] * 0.2 * math.sqrt(max(weight.shape)))
                kernel.copy_(weight.reshape(kernel.shape))
'''
FOLLOW = '''
average = copy.deepcopy(net)  # a running average of the weights: it is tested instead of the net


@torch.no_grad()
def follow(decay):
    """Moves the average a little towards the net; batch norm's counters are copied."""
    for mine, theirs in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
        if mine.is_floating_point():
            mine.lerp_(theirs, 1 - decay)
        else:
            mine.copy_(theirs)
'''
TEST = '''
def test(net, x, y):
    """Mean loss and accuracy on pictures that the net does not learn from."""
    net.eval()
    loss, right = 0.0, 0
    for pictures, labels in zip(x.split(1000), y.split(1000), strict=True):
        with torch.inference_mode():
            answer = net(scaled(pictures))
        loss += F.cross_entropy(answer, labels, reduction="sum").item()
        right += (answer.argmax(1) == labels).sum().item()
    net.train()
    return loss / len(y), right / len(y)
'''
RATES = {  # schedule -> what it does, the lines of its warm-up, the lines after that
    "step": (
        "Falls by a factor every few epochs.",
        [],
        ["    return LR * {step_factor!r} ** (step // STEPS // {step_every})"],
    ),
    "cosine": (
        "Rises in a straight line, then falls along half a cosine.",
        ["    if done < {warmup!r}:", "        return LR * ((done + 1e-3) / ({warmup!r} + 1e-3))"],
        ["    return LR * (0.5 * (1 + math.cos(math.pi * (done - {warmup!r}) / (1 - {warmup!r}))))"],
    ),
    "one-cycle": (
        "From a tenth up to the full rate and down to nothing, in two straight lines (Smith 2018).",
        ["    if done < {warmup!r}:", "        return LR * (0.1 + 0.9 * done / {warmup!r})"],
        ["    return LR * max(1e-3, (1 - done) / (1 - {warmup!r}))"],
    ),
}


GROWN = '''
def grown(x, done):
    """Small pictures first: from 5/8 of their side up to all of it, when `done` of the run is over."""
    if done >= {grow!r}:
        return x
    size = [round(side * {stairs!r}[int({count} * done / {grow!r})] / 8) for side in x.shape[-2:]]
    return F.interpolate(x, size, mode="bilinear", antialias=True)
'''


def optimiser(config: RunConfig, bf16: bool) -> str:
    """The optimisers in a list named `optimisers`, and the rule of their rate."""
    lines = [f"LR = {config.lr!r}", f"EPOCHS = {config.epochs}"]
    if config.optimiser == "muon":
        lines += ["", "", MUON.strip("\n") if bf16 else _whole(), "", "", *_muon(config)]
    else:
        lines += _plain(config)
    if config.schedule != "constant":
        about, rise, fall = RATES[config.schedule]
        knobs = {"warmup": config.warmup, "step_factor": config.step_factor, "step_every": config.step_every}
        body = [line.format(**knobs) for line in (rise if config.warmup else []) + fall]
        if config.schedule != "step":
            body.insert(0, "    done = step / (STEPS * EPOCHS)")
        lines += ["", "", "def rate(step):", f'    """{about}"""', *body]
    if config.average:
        lines += ["", "", FOLLOW.strip("\n")]
    if config.grow:
        grown = GROWN.strip("\n").format(grow=config.grow, stairs=STAIRS, count=len(STAIRS))
        lines += ["", "", grown]
    return "\n".join(lines)


def _whole() -> str:
    """Muon in full precision; how it makes a matrix orthogonal are the lab's own lines, without their types."""
    from core.train.optim import orthogonal

    source = inspect.getsource(orthogonal).replace(": Tensor", "").replace(" -> Tensor", "")
    return f"{source}\n{WHOLE}".strip("\n")


def _plain(config: RunConfig) -> list[str]:
    name = {"sgd": "SGD", "asgd": "ASGD", "adam": "Adam", "adamw": "AdamW"}[config.optimiser]
    extra = ""
    if config.optimiser == "sgd":
        extra = f", momentum={config.momentum!r}" * bool(config.momentum)
        extra += ", nesterov=True" * bool(config.nesterov and config.momentum)
    fused = "" if config.optimiser == "asgd" else ", fused=True"
    if not config.weight_decay:
        decay = ", weight_decay=0.0" * (config.optimiser == "adamw")
        return [f"optimisers = [torch.optim.{name}(net.parameters(), lr=LR{extra}{decay}{fused})]"]
    return [
        "matrices = [p for p in net.parameters() if p.ndim > 1]  # these decay",
        "vectors = [p for p in net.parameters() if p.ndim <= 1]  # biases and batch norm's scales do not",
        f'groups = [{{"params": matrices, "weight_decay": {config.weight_decay!r}}},',
        '          {"params": vectors, "weight_decay": 0.0}]',
        f"optimisers = [torch.optim.{name}(groups, lr=LR{extra}{fused})]",
    ]


def _muon(config: RunConfig) -> list[str]:
    settings = (
        f"lr=LR, momentum={config.momentum!r}, nesterov={config.nesterov!r}, weight_decay={config.weight_decay!r}"
    )
    decay = f"weight_decay={0.0!r}"
    lines = [
        "last = [p for p in net.parameters() if p.ndim == 2][-1]  # the last layer and all vectors keep AdamW",
        "hidden = [p for p in net.parameters() if p.ndim >= 2 and p is not last]",
        "others = [p for p in net.parameters() if p.ndim < 2 or p is last]",
        f"muon = [Muon(hidden, {settings})] if hidden else []",
    ]
    if config.weight_decay:
        lines += [
            f'decayed = {{"params": [last], "weight_decay": {config.weight_decay!r}}}',
            'vectors = {"params": [p for p in others if p is not last], "weight_decay": 0.0}',
            "optimisers = [*muon, torch.optim.AdamW([decayed, vectors], lr=LR, fused=True)]",
        ]
    else:
        lines.append(f"optimisers = [*muon, torch.optim.AdamW(others, lr=LR, {decay}, fused=True)]")
    return lines


def loop(config: RunConfig, source: Source, bf16: bool, drops: bool) -> str:
    """Everything together."""
    judged = "average" if config.average else "net"
    lines = ["torch.manual_seed(SEED)  # what dropout draws from"] if drops else []
    lines += ["net.train()"]
    schedule, average = config.schedule != "constant", bool(config.average)
    counts = schedule or average or bool(config.grow)
    lines += ["step = 0"] if counts else []
    if config.early_stop:
        lines.append("best, worse = math.inf, 0")
    lines += ["for epoch in range(EPOCHS):", "    for x, y in batches(epoch):"]
    body = ["x, y = cutmixed(x, y)"] if config.cutmix else []
    body += ["x = grown(x, step / (STEPS * EPOCHS))"] if config.grow else []
    body += ["net.zero_grad()", *_step(config, bf16)]
    if config.clip:
        body.append(f"nn.utils.clip_grad_norm_(net.parameters(), {config.clip!r})")
    body.append("for optimiser in optimisers:")
    if schedule:
        body += ["    for group in optimiser.param_groups:", '        group["lr"] = rate(step)']
    body.append("    optimiser.step()")
    if counts:
        body.append("step += 1")
    if average:
        body.append(f"follow(min({config.average!r}, step / (step + 10)))  # trusts the first steps less")
    lines += ["        " + line for line in body]
    told = [f"loss, accuracy = test({judged}, x_test, y_test)"]
    told.append('print(f"epoch {epoch + 1}: test loss {loss:.4f}, accuracy {accuracy:.2%}", flush=True)')
    told += _ends(config, source, judged)
    if config.test_every > 1:
        lines.append(f"    if (epoch + 1) % {config.test_every} == 0 or epoch + 1 == EPOCHS:")
    lines += [("        " if config.test_every > 1 else "    ") + line for line in told]
    return "\n".join(lines)


def _step(config: RunConfig, bf16: bool) -> list[str]:
    smooth = f", label_smoothing={config.label_smoothing!r}" * bool(config.label_smoothing)
    autocast = ['with torch.autocast("cpu", torch.bfloat16):  # half the bits, twice as fast'] if bf16 else []
    indent = "    " * bf16
    if config.accumulate == 1:
        return [*autocast, f"{indent}loss = F.cross_entropy(net(x), y{smooth})", "loss.backward()"]
    inner = [*autocast, f"{indent}loss = F.cross_entropy(net(part), labels{smooth})"]
    return [
        f"for part, labels in zip(x.chunk({config.accumulate}), y.chunk({config.accumulate}), strict=True):",
        *("    " + line for line in inner),
        "    (loss * (len(labels) / len(y)) if len(labels) < len(y) else loss).backward()",
    ]


def _ends(config: RunConfig, source: Source, judged: str) -> list[str]:
    """What may end the run early. Held-out pictures decide if there are any."""
    lines, names = [], ("loss", "accuracy")
    if (config.stop_accuracy or config.early_stop) and used(config, source)[1]:
        names = ("val_loss", "val_accuracy")
        lines.append(f"val_loss, val_accuracy = test({judged}, x_val, y_val)")
    if config.stop_accuracy:
        lines += [f"if {names[1]} >= {config.stop_accuracy!r}:", "    break  # good enough"]
    if config.early_stop:
        lines += [
            f"worse = 0 if {names[0]} < best else worse + 1",
            f"best = min(best, {names[0]})",
            f"if worse >= {config.early_stop}:",
            "    break  # no better for a while",
        ]
    return lines
