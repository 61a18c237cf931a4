// Pages without live parts.

import './orders.js';
import './keys.js';
import './administration.js';
