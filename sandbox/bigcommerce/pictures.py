"""Product pictures for the demo: drawn, small, always the same."""

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

SIZE = 480


@cache
def picture(text: str, colour: str, view: int = 0) -> bytes:
    """A PNG: a soft ground, a shape in the product's colour, a few letters. `view` counts further pictures."""
    image = Image.new("RGB", (SIZE, SIZE), "#f4f1ea")
    draw = ImageDraw.Draw(image)
    edge = 70 + 25 * (view % 3)
    draw.ellipse((edge - 20, SIZE - 120, SIZE - edge + 20, SIZE - 60), fill="#e0dbcf")
    draw.rounded_rectangle((edge, edge, SIZE - edge, SIZE - 100), radius=48 + 30 * view, fill=colour)
    draw.rounded_rectangle((edge, edge, SIZE - edge, SIZE // 2), radius=48 + 30 * view, outline="#ffffff", width=3)
    draw.text((SIZE // 2, SIZE // 2), text, fill="#ffffff", anchor="mm", font=ImageFont.load_default(64))
    stream = io.BytesIO()
    image.convert("P", palette=Image.Palette.ADAPTIVE, colors=32).save(stream, "PNG", optimize=True)
    return stream.getvalue()
