"""The demo's identities, for all stand-ins: made-up names and secrets that guard nothing outside the sandbox."""

# The app as its developer registered it with the store platform.
APP_CLIENT_ID = "ecm-demo-client"
APP_CLIENT_SECRET = "ecm-demo-client-secret-0123456789"  # made up
STORE_HASH = "demostore1"

# OpenText Directory Services: the app's confidential client.
OTDS_CLIENT_ID = "storefront-ecm"
OTDS_CLIENT_SECRET = "otds-demo-secret-0123456789"  # made up

# OpenText Workflow Service: tenant and the app's service client.
WORKFLOW_TENANT = "demo-tenant"
WORKFLOW_CLIENT_ID = "storefront-workflow"
WORKFLOW_CLIENT_SECRET = "workflow-demo-secret-0123456789"  # made up

# The workflow's client at the app's own token endpoint; its secret is configured at deployment.
CALLBACK_CLIENT_ID = "storefront-callbacks"

# OpenText Communications (Exstream) and Notifications: tenant, subscription, the app's service clients.
EXSTREAM_TENANT = "demo-tenant"
EXSTREAM_SUBSCRIPTION = "demo-subscription"
EXSTREAM_CLIENT_ID = "storefront-exstream"
EXSTREAM_CLIENT_SECRET = "exstream-demo-secret-0123456789"  # made up
NOTIFICATIONS_USER = "storefront-notifications"
NOTIFICATIONS_PASSWORD = "notifications-demo-secret-0123456789"  # made up

# Shopify: the app as its developer registered it, and the demo's two shops (domain, name, plan).
SHOPIFY_CLIENT_ID = "ecm-demo-shopify-client"
SHOPIFY_CLIENT_SECRET = "ecm-demo-shopify-secret-0123456789"  # made up
SHOPIFY_SHOP = "nordwind-supply.myshopify.com"
SHOPIFY_SHOPS = (
    (SHOPIFY_SHOP, "Nordwind Supply", "plus"),
    ("kueste-und-kai.myshopify.com", "Küste & Kai", "grow"),
)
