"""The practice studio: catalog, kilns, batches, materials, stock and photos that fit the shop's sales.

    studio = shops.of_files(plan)           values.Workshop, derived from the sales of a plan
    seed_database.enter_studio(db, studio)  enters it through the shop's own functions, before the orders
    photos.add_photos(db, studio)           adds the photos
    seed_database.enter_stock(db, studio)   returns, counts, reservations and listings, after the orders

Imports `shop`, `sample_data.generator` and `sample_data.mock_platforms`.
"""
