"""A practice shop and studio for the demo and the tests.

generator       export files in the platforms' own formats, with their expected figures
mock_platforms  HTTP servers that answer as the platforms' APIs do, over the same shop
studio          what the studio itself would have entered: catalog, kiln, stock, photos
spring_2022     a small committed set of export files

Imports `shop` only; `python -m sample_data FOLDER` writes export files.
"""
