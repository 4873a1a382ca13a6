"""After-sale exports of platforms besides Douyin, one module each; `case_rows` is what they share."""
