"""The program `cap-chat`: one module a duty. Puts other folders' parts to work; decides nothing."""
