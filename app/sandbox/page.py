from app.sandbox.store import Store
def page_routes(store, settings): return []
