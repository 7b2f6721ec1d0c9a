// Known before the first paint: an admin that brings its own navigation shows the page, so ours is not painted at all.
if (window.shopify?.idToken) document.documentElement.dataset.inAdmin = '';
