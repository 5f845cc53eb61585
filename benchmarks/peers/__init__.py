"""What ours is compared with: the same redemption written otherwise, on the same server."""
