"""Data-parallel training in several processes started by torchrun: each draws batches of its own, gradients
are averaged, rank 0 writes."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import distributed, nn


@dataclass(frozen=True, slots=True)
class World:
    """This process's rank (from 0) and how many processes train together (torchrun's world size)."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes files and speaks."""
        return self.rank == 0

    def average(self, parameters: Iterable[nn.Parameter]) -> None:
        """Puts the mean over all processes in place of every gradient."""
        if self.size == 1:
            return
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.size
        sizes = [gradient.numel() for gradient in gradients]
        for gradient, mean in zip(gradients, flat.split(sizes), strict=True):
            gradient.copy_(mean.view_as(gradient))

    def any(self, flag: bool) -> bool:
        """Whether `flag` is set in any process, so that all stop together. Every process must call it."""
        if self.size == 1:
            return flag
        answer = torch.tensor(float(flag))
        distributed.all_reduce(answer, distributed.ReduceOp.MAX)
        return bool(answer > 0)


def leave(world: World) -> None:
    """Waits for the others and parts from them: one that ended first would tear their connection."""
    if world.size > 1:
        distributed.barrier()
        distributed.destroy_process_group()


def join() -> World:
    """The world that torchrun started this process in (its environment variables), or one process alone."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return World()
    if not distributed.is_initialized():
        distributed.init_process_group("gloo")
    return World(distributed.get_rank(), size)
