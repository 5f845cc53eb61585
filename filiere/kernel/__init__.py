"""What every app needs: errors, events, permissions, audit, outbox. Knows no app above."""
