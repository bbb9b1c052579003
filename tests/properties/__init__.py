"""The law: a row is accepted by the web form, by `forms try` and by frictionless, or by none of them."""
