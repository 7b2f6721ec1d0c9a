"""The BigCommerce stand-in, held to the published descriptions and to its own promises."""
