// Written by scripts/shopify_app.py; run it again instead of changing this file.
import {block} from '../../../shared/block.jsx';

export default block('ecm-customer-action');
