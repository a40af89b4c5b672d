"""The forms of a report, all made from its one page: PDF, Word, Excel, Markdown, mail, chat; and what is looked for in them."""
