# SPDX-License-Identifier: GPL-3.0-or-later
"""The optimisers: AdamW as PyTorch has it, and Muon (Jordan et al. 2024,
kellerjordan.github.io/posts/muon), which replaces the update of a weight
matrix by the nearest orthogonal matrix.  Steps of Muon are scaled to those of
AdamW as Liu et al. 2025 (arXiv 2502.16982, section 2.2) do, so that one
learning rate serves both.
"""

import torch


def orthogonal(matrices, dtype, rounds=5):
    """Newton-Schulz iteration on [N, rows, columns], rows <= columns, with
    the quintic coefficients of Jordan et al.; singular values end up in
    about 0.7 to 1.2."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrices.to(dtype)
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(rounds):
        gram = x @ x.transpose(1, 2)
        inner = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
        x = torch.baddbmm(x, inner, x, beta=a)
    return x


def rows_of(weight):
    """A view of a weight as a matrix with one row per output channel.  The
    order of columns does not matter to Muon, so it is that of the memory."""
    if weight.ndim == 4:
        weight = weight.permute(0, 2, 3, 1)
    return weight.flatten(1)


def wide(weight):
    """rows_of, or its transpose, whichever has no more rows than columns."""
    matrix = rows_of(weight)
    return matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T


def within(x, matrices):
    """The corners of x [N,rows,columns] that hold N smaller matrices."""
    return [x[i, :m.shape[0], :m.shape[1]] for i, m in enumerate(matrices)]


class Muon(torch.optim.Optimizer):
    """For weights with two or more dimensions; convolutions count as a
    matrix with one row per output channel.  The iteration is calculated in
    `dtype`, for all matrices of one class at once: on a CPU those of one
    size, elsewhere those of like size, bordered with zeros, which it keeps."""

    def __init__(self, params, lr, momentum=0.95, weight_decay=0.0,
                 dtype=torch.bfloat16):
        self.dtype = dtype
        super().__init__(params, dict(lr=lr, momentum=momentum,
                                      weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            classes = {}
            for p in group['params']:
                if p.grad is not None:
                    rows, columns = wide(p).shape
                    key = ((rows, columns) if p.device.type == 'cpu'
                           else (rows - 1).bit_length())
                    classes.setdefault(key, []).append(p)
            for params in classes.values():
                self._step_class(params, group)

    def _step_class(self, params, group):
        for p in params:
            if not self.state[p]:
                self.state[p]['momentum'] = torch.zeros_like(p)
        grads = [p.grad for p in params]
        momenta = [self.state[p]['momentum'] for p in params]
        torch._foreach_lerp_(momenta, grads, 1 - group['momentum'])
        # Nesterov's form: look one step ahead.
        updates = [wide(u) for u in torch._foreach_lerp(
            grads, momenta, group['momentum'])]
        rows, columns = (max(u.shape[i] for u in updates) for i in (0, 1))
        x = torch.zeros(len(params), rows, columns, dtype=self.dtype,
                        device=params[0].device)
        torch._foreach_copy_(within(x, updates), updates)
        x = orthogonal(x, self.dtype).to(params[0].dtype)
        steps = torch._foreach_mul(
            within(x, updates),
            [-group['lr'] * 0.2 * u.shape[1] ** 0.5 for u in updates])
        torch._foreach_mul_(params, 1 - group['lr'] * group['weight_decay'])
        torch._foreach_add_([wide(p) for p in params], steps)


def make(net, kind, lr, weight_decay, dtype=torch.bfloat16):
    """A list of optimisers for all parameters of net."""
    matrices, rest = [], []
    for name, p in net.named_parameters():
        inner = not name.startswith(('conv_in', 'conv_out', 'class_emb'))
        use = kind == 'muon' and p.ndim >= 2 and inner
        (matrices if use else rest).append(p)
    flat = [p for p in rest if p.ndim < 2]
    deep = [p for p in rest if p.ndim >= 2]
    made = [torch.optim.AdamW(
        [dict(params=deep, weight_decay=weight_decay),
         dict(params=flat, weight_decay=0.0)], lr=lr, betas=(0.9, 0.99))]
    if matrices:
        made.append(Muon(matrices, lr, weight_decay=weight_decay,
                         dtype=dtype))
    return made
