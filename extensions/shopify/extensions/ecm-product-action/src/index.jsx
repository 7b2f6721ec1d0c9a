// Written by scripts/shopify_app.py; run it again instead of changing this file.
import {action} from '../../../shared/action.jsx';

export default action();
