"""Pictures as cameras write them, with the place where they were taken."""

import io

from PIL import Image

ORIENTATION, GPS = 0x0112, 0x8825


def picture(
    size: tuple[int, int] = (400, 300),
    *,
    format: str = "JPEG",
    colour: str = "#3E7C6B",
    turned: int = 1,
    mode: str = "RGB",
) -> bytes:
    image = Image.new(mode, size, colour)
    image.paste((255, 0, 0), (0, 0, size[0] // 4, size[1] // 4))
    exif = image.getexif()
    exif[ORIENTATION] = turned
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (25.0, 17.0, 30.0)
    exif[0x010F] = "A camera"
    file = io.BytesIO()
    image.save(file, format, exif=exif)
    return file.getvalue()
