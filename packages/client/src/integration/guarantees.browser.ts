import { startChromium } from '../testing/chromium/chromium-subject.js'
import { guarantees } from '../testing/guarantees.js'

guarantees('websocket in Chromium', startChromium)
