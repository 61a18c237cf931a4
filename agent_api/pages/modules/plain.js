// Pages without live parts.

import './orders.js';
import './keys.js';
import './people.js';
