"""What is known of one record, and on whose word?"""

from tumen import cards
from tumen.app import address, card, frame
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.speech import _

records, selection = frame.scene()
reference = address.local("record")

if cards.exists(records, reference):
    card.page(records, reference)
else:
    frame.title(_("What is known of one record, and on whose word?"), _("No such record"))
    prose(cards.suggestions(records, reference, selection.view.as_of), key="nearest", on_pick=pick)
