variable "table" {
  type = string
}

data "aws_iam_policy_document" "orders" {
  statement {
    actions   = ["dynamodb:*"]
    resources = ["arn:aws:dynamodb:*:111122223333:table/${var.table}"]
  }
}

resource "aws_iam_role" "reader" {
  name = "reader"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "orders" {
  name   = "orders"
  role   = aws_iam_role.reader.id
  policy = data.aws_iam_policy_document.orders.json
}
