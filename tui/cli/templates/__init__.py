"""What `melodrama new` starts from: one `.score` file a template, `{title}` and `{seed}` filled in."""
