"""What a person sees in Discord: cards, buttons, menus, modals, pages of text."""
