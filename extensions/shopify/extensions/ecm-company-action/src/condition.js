// Written by scripts/shopify_app.py; run it again instead of changing this file.
import {somethingToSay} from '../../../shared/condition.js';

export default somethingToSay();
