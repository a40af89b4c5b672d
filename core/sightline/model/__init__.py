"""What the data is: records, money, time, plans, figures, facts. Pure; imports nothing of ours but `errors`."""
