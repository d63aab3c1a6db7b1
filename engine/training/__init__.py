"""Making the starter model: material, training, export."""
