"""What a listing refuses."""

from __future__ import annotations

from shop.core.errors import ShopError


class NoSuchListing(ShopError):
    """There is no listing with this id on this platform."""

    message = "There is no listing “{listing}” on {platform}."


class WrongStep(ShopError):
    """A state that does not follow from the one it is in."""

    message = "“{listing}” is {now}; it cannot become {wanted}. From {now} it can become: {possible}."


class AlreadyOffered(ShopError):
    """The variant is offered on this platform already."""

    message = "{sku} is offered on {platform} already (listing {listing})."


class NotADraft(ShopError):
    """Only a draft that is on no platform yet can be deleted."""

    message = "“{listing}” is no draft of ours: retire it instead of deleting it."


class NotOurDraft(ShopError):
    """A listing that a platform states cannot be given another id."""

    message = "“{listing}” is stated by {platform}; its id is the platform's."
