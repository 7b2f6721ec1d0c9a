"""What is deployed to Shopify is what the app says of itself."""

from scripts import shopify_app


def test_configuration_and_extensions_are_current():
    assert shopify_app.outdated() == [], "run `python -m scripts.shopify_app`"
