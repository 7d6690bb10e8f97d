// Reads a key from a QR code, with the camera or from a picture.
import { at } from './dom.js'

const FORMATS = { formats: ['qr_code'] }
const LOOK_MILLIS = 150
const MAX_PICTURE_BYTES = 32 * 1024 * 1024

let stop = () => {}
let detector

/** Sets the dialog up; `take` gets a text and answers why it is no key, or nothing if it is one. */
export function scanning(take) {
  const dialog = at('scanner')
  const taken = text => {
    const mistake = take(text)
    if (mistake) at('scanner-hint').textContent = `That code holds no key: ${mistake}`
    else dialog.close()
    return !mistake
  }
  at('scan').addEventListener('click', () => {
    dialog.showModal()
    look(taken)
  })
  at('scanner-close').addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => stop())
  at('picture').addEventListener('change', async ({ target }) => {
    const file = target.files?.[0]
    target.value = ''
    if (file) await read(file, taken)
  })
}

/** The browser's own detector where it knows QR codes, else the one that we serve. */
async function qrDetector() {
  if (!detector) {
    const formats = await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => [])
    const Detector = formats?.includes('qr_code')
      ? globalThis.BarcodeDetector
      : (await import('/wsn/vendor/qr-0.7.0/decode.js')).BarcodeDetector
    detector = new Detector(FORMATS)
  }
  return detector
}

async function look(taken) {
  const hint = at('scanner-hint')
  const video = at('camera')
  let isOver = false
  stop = () => {
    isOver = true
    for (const track of video.srcObject?.getTracks() ?? []) track.stop()
    video.srcObject = null
    video.hidden = true
  }
  hint.textContent = 'Asking for the camera…'
  try {
    if (!navigator.mediaDevices) throw new Error('no camera on this page')
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
    video.srcObject = stream
    if (isOver) return stop()
    video.hidden = false
    await video.play()
    hint.textContent = 'Hold the code in front of the camera.'
  } catch {
    if (!isOver) hint.textContent = 'There is no camera that this page may use. Choose a picture of the code.'
    return
  }
  const reader = await qrDetector()
  while (!isOver) {
    const [code] = await reader.detect(video).catch(() => [])
    if (!isOver && code && taken(code.rawValue)) return
    await new Promise(next => setTimeout(next, LOOK_MILLIS))
  }
}

async function read(file, taken) {
  const hint = at('scanner-hint')
  hint.textContent = 'Reading the picture…'
  try {
    if (file.size > MAX_PICTURE_BYTES) throw new Error('too large')
    const picture = await createImageBitmap(file)
    const [code] = await (await qrDetector()).detect(picture)
    if (!code) hint.textContent = 'No QR code was found in that picture.'
    else taken(code.rawValue)
  } catch {
    hint.textContent = 'That file is no picture that this browser can read.'
  }
}
