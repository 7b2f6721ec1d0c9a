"""Stand-ins for the services around Storefront ECM, a control API and a desk to click through.

They speak the vendors' wire formats, keep state, refuse what the real services refuse, and never import `app`.
"""
