"""Quotas: how much of a house's rooms and kit one person, or one other institution, may hold in a week or a term."""

from rooms.quotas.model import NewQuota, Quota, QuotaPatch

__all__ = ["NewQuota", "Quota", "QuotaPatch"]
