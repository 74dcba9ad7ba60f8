"""The office's pages on phones: one more thin client of the bus. Nowhere else is asyncio."""
