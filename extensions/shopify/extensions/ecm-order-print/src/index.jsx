// Written by scripts/shopify_app.py; run it again instead of changing this file.
import {print} from '../../../shared/print.jsx';

export default print();
