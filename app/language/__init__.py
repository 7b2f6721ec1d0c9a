"""The words people read: catalogues of texts, how one person or one store reads, sentences told in their language.

Pages speak to the person who looks (`app.web.language`, `app.web.sentences`); what the app leaves in a store speaks
the store's language (`app.engine.store_words`). Both take their words from here; nothing here knows who asks.
"""
