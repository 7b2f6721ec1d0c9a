// Written by scripts/shopify_app.py; run it again instead of changing this file.
import {somethingToPrint} from '../../../shared/condition.js';

export default somethingToPrint();
