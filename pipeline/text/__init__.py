"""Text analysis that several domain packages build on: annotation, parsed articles, normal forms."""
