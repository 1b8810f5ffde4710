// Where a JPEG says that it was taken. Read here so that it can be offered; what is sent has nothing of it any more.

const [APP1, START_OF_SCAN, GPS_POINTER] = [0xffe1, 0xffda, 0x8825];
const SIZES = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8 };

/** Return [longitude, latitude], or null where the file doesn't say. */
export async function position(file) {
  try {
    return read(new DataView(await file.slice(0, 256 * 1024).arrayBuffer()));
  } catch {
    return null;
  }
}

function read(view) {
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 10 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === START_OF_SCAN) return null;
    if (marker === APP1 && view.getUint32(at + 4) === 0x45786966) return gps(view, at + 10);
  }
  return null;
}

function gps(view, tiff) {
  const little = view.getUint16(tiff) === 0x4949;
  const first = entries(view, tiff, view.getUint32(tiff + 4, little), little);
  const pointer = first.get(GPS_POINTER);
  if (!pointer) return null;
  const found = entries(view, tiff, view.getUint32(pointer.at, little), little);
  const lat = degrees(view, found.get(2), found.get(1), "S", little);
  const lon = degrees(view, found.get(4), found.get(3), "W", little);
  return Number.isFinite(lat) && Number.isFinite(lon) && (lat || lon) ? [lon, lat] : null;
}

function entries(view, tiff, offset, little) {
  const found = new Map();
  const count = view.getUint16(tiff + offset, little);
  for (let index = 0; index < count; index += 1) {
    const entry = tiff + offset + 2 + index * 12;
    const size = (SIZES[view.getUint16(entry + 2, little)] ?? 0) * view.getUint32(entry + 4, little);
    found.set(view.getUint16(entry, little), { at: size > 4 ? tiff + view.getUint32(entry + 8, little) : entry + 8 });
  }
  return found;
}

function degrees(view, value, side, negative, little) {
  if (!value || !side) return Number.NaN;
  const parts = [0, 8, 16].map((step) => view.getUint32(value.at + step, little) / view.getUint32(value.at + step + 4, little));
  const size = parts[0] + parts[1] / 60 + parts[2] / 3600;
  return String.fromCharCode(view.getUint8(side.at)) === negative ? -size : size;
}
